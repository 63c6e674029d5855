/** Problem documents (RFC 9457) and the pages that explain them. */
@NullMarked
package dev.distributeimage.api.problem;

import org.jspecify.annotations.NullMarked;
