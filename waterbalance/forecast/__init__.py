"""What is expected: forecasters with one contract, and the forecasts that they tell."""
