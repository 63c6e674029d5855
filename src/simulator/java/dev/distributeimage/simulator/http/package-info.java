/**
 * An HTTP/1.1 server that can hang, truncate and reset at will. It knows nothing of
 * AWS.
 */
@NullMarked
package dev.distributeimage.simulator.http;

import org.jspecify.annotations.NullMarked;
