"""The browser side: device profiles, people in contexts of their own, what is observed, and what is proof."""
