/**
 * Prepares the service for its first request, and reports, as one sentence, why it does
 * not start.
 */
@NullMarked
package dev.distributeimage.startup;

import org.jspecify.annotations.NullMarked;
