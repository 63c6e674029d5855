/**
 * The engine: the poller, the three steps of the workflow, and the removal of leftovers.
 */
@NullMarked
package dev.distributeimage.workflow;

import org.jspecify.annotations.NullMarked;
