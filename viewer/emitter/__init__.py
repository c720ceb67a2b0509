"""The Gravitational Beam Emitter: firing it, what is seen of the shot, what it went through."""
