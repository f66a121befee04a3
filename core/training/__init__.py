"""Fine-tuning itself: the worker and its helpers. The only room with torch, transformers, datasets, evaluate."""
