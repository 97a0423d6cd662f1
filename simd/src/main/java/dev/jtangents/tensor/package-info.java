/** Off-heap arrays: shapes, element types and the tensors over memory segments. */
@NullMarked
package dev.jtangents.tensor;

import org.jspecify.annotations.NullMarked;
