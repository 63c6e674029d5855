/** The page: runs for people, with a browser. Nothing else needs this package. */
@NullMarked
package dev.distributeimage.page;

import org.jspecify.annotations.NullMarked;
