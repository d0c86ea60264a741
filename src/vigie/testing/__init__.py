"""Public helpers for tests: conformance suites that plug-ins can run against themselves."""
