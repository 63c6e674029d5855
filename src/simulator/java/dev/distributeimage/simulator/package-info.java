/** A simulation of Amazon EC2 Image Builder's HTTP API, for tests and newcomers. */
@NullMarked
package dev.distributeimage.simulator;

import org.jspecify.annotations.NullMarked;
