/** The HTTP door. */
@NullMarked
package dev.distributeimage.api;

import org.jspecify.annotations.NullMarked;
