/** The record of who did, or was refused, what: for the log, and for a table. */
@NullMarked
package dev.distributeimage.audit;

import org.jspecify.annotations.NullMarked;
