/** The HTTP API: controllers, views, page tokens and load shedding. */
@NullMarked
package dev.distributeimage.api;

import org.jspecify.annotations.NullMarked;
