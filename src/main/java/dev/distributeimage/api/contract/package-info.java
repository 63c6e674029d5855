/** The contract of the HTTP API, and the checks that hold requests to it. */
@NullMarked
package dev.distributeimage.api.contract;

import org.jspecify.annotations.NullMarked;
