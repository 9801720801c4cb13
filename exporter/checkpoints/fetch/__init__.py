"""Published archives, downloaded and compared with what is known of them."""
