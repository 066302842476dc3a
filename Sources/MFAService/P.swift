enum PlaceholderMFAService {}
