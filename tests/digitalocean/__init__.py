"""The cloud firewall against a stand-in for DigitalOcean's API."""
