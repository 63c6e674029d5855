/** Tests that make the service keep its promises under failures. */
@NullMarked
package dev.distributeimage.chaos;

import org.jspecify.annotations.NullMarked;
