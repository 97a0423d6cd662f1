/**
 * The field's vocabulary: layers with their finite and their infinite side, networks made of them,
 * and kernels. Names of layers and arguments follow neural-tangents.
 */
@NullMarked
package dev.jtangents.layers;

import org.jspecify.annotations.NullMarked;
