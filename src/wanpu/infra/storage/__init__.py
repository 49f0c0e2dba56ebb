"""Where files lie: one small class over local folders and buckets, and what uploads must go through."""
