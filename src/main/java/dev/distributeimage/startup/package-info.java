/** What keeps the service from starting, reported as one sentence. */
@NullMarked
package dev.distributeimage.startup;

import org.jspecify.annotations.NullMarked;
