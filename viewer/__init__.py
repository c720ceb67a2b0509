"""The City on a screen: state, scene, renderer, command and window."""
