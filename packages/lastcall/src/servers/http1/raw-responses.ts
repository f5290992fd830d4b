// Complete responses as bytes, for requests that have no `ServerResponse`.

/** Tells the client that its request was not processed: not all of it came in time (RFC 9110, section 15.5.9). */
export const REQUEST_TIMEOUT = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/** Refuses an upgrade on a connection that is about to end (RFC 9110, section 15.6.4). */
export const SERVICE_UNAVAILABLE = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
