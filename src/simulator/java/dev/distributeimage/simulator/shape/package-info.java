/** AWS's published model of the API, and the check of a request against it. */
@NullMarked
package dev.distributeimage.simulator.shape;

import org.jspecify.annotations.NullMarked;
