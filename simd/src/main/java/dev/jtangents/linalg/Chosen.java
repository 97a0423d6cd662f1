package dev.jtangents.linalg;

import dev.jtangents.panama.OpenBlas;

/**
 * Holds the implementation of this process; OpenBLAS is searched for when it is first asked for.
 */
final class Chosen {
    static final LinearAlgebra IMPLEMENTATION =
            switch (OpenBlas.status()) {
                case OpenBlas.Found found -> new OpenBlasAlgebra(found);
                case OpenBlas.Missing missing -> new JavaAlgebra(missing.describe());
            };

    private Chosen() {}
}
