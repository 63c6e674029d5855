/** Requests and responses on their way: memory, time limits and connections. */
@NullMarked
package dev.distributeimage.api.wire;

import org.jspecify.annotations.NullMarked;
