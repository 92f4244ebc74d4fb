"""The demo day: a made-up practice, 150 made-up visits, and the whole platform at work on them."""
