/** The engine: the poller, and the three steps of the workflow. */
@NullMarked
package dev.distributeimage.workflow;

import org.jspecify.annotations.NullMarked;
