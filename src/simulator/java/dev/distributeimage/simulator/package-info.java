/**
 * Amazon EC2 Image Builder's HTTP API, simulated: what tests and newcomers talk to
 * instead of AWS.
 */
@NullMarked
package dev.distributeimage.simulator;

import org.jspecify.annotations.NullMarked;
