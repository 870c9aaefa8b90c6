"""The science of water and weather as pure functions on arrays: no state, no files, no solver."""
