/** The pace of calls: backoff, throttling, budgets and poll intervals. */
@NullMarked
package dev.distributeimage.workflow.pace;

import org.jspecify.annotations.NullMarked;
