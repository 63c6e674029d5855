/** EC2 Image Builder in the words of this service. */
@NullMarked
package dev.distributeimage.imagebuilder;

import org.jspecify.annotations.NullMarked;
