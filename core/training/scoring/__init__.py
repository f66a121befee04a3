"""A trained model at work: on texts that somebody gives, and on rows that it was not trained on."""
