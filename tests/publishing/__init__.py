"""Tests of what is uploaded, with the clients that upload it."""
