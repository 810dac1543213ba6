"""Between links and requests: routes through a network, and what physics allows along one."""
