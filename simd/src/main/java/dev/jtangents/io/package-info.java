/** Array files: NumPy, CSV, IDX and CIFAR-10 in, NumPy out. */
@NullMarked
package dev.jtangents.io;

import org.jspecify.annotations.NullMarked;
