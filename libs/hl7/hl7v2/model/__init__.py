"""What messages say, as small frozen types. No part of them prints what it holds: most of it names a person."""
