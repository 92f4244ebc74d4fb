"""A service small enough to see the backbone through: tills, and coins put into them.

It publishes what happens to its tills and also listens to it, keeping an account of what it heard.
"""
