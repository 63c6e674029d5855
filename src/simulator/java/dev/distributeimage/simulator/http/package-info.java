/**
 * HTTP/1.1 for a server that must be able to hang, truncate and reset at will. It knows
 * nothing of AWS.
 */
@NullMarked
package dev.distributeimage.simulator.http;

import org.jspecify.annotations.NullMarked;
