/** What every test may use. */
@NullMarked
package dev.distributeimage;

import org.jspecify.annotations.NullMarked;
