"""What a night tells: pages, alerts, numbers."""
