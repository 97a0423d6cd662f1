/** What those who make kernels and those who use them say to one another. */
@NullMarked
package dev.jtangents.kernel;

import org.jspecify.annotations.NullMarked;
