/** Tests of the page. */
@NullMarked
package dev.distributeimage.page;

import org.jspecify.annotations.NullMarked;
