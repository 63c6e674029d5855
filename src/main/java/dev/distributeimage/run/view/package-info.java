/** Runs as callers see them: snapshots, lists, history. */
@NullMarked
package dev.distributeimage.run.view;

import org.jspecify.annotations.NullMarked;
