/** What is done to the service to see whether it keeps its promises. */
@NullMarked
package dev.distributeimage.chaos;

import org.jspecify.annotations.NullMarked;
