/** The simulated cluster: an in-process Kubernetes that real clients talk to over HTTPS. */
export {}
