;;; aiterlint.el --- Async-iterator mistakes in Python -*- lexical-binding: t -*-

;; SPDX-License-Identifier: MIT OR Apache-2.0
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))

;;; Commentary:

;; Lets eglot (part of Emacs 29) or lsp-mode run the language server of aiterlint.
;; Eglot runs one server for a buffer; lsp-mode runs aiterlint beside others.

;;; Code:

(defvar aiterlint-program "aiterlint"
  "The program, by name or by path.")

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs
               (cons '(python-mode python-ts-mode) (list aiterlint-program "server"))))

(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client
    :new-connection (lsp-stdio-connection (lambda () (list aiterlint-program "server")))
    :activation-fn (lsp-activate-on "python")
    :add-on? t
    :server-id 'aiterlint)))

(provide 'aiterlint)
;;; aiterlint.el ends here
