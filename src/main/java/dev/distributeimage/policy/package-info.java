/** Policies and limits for what callers may ask for. */
@NullMarked
package dev.distributeimage.policy;

import org.jspecify.annotations.NullMarked;
