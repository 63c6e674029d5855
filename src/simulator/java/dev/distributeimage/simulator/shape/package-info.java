/** AWS's published model of the API, and validation against it. */
@NullMarked
package dev.distributeimage.simulator.shape;

import org.jspecify.annotations.NullMarked;
