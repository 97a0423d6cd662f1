/** Dense linear algebra on tensors: OpenBLAS where it is found, plain Java elsewhere. */
@NullMarked
package dev.jtangents.linalg;

import org.jspecify.annotations.NullMarked;
