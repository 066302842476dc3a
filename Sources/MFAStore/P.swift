enum PlaceholderMFAStore {}
