;;; emacs.el --- Drives Emacs with eglot -*- lexical-binding: t -*-

;;; Commentary:

;; A finding, its fix, and what is then on disk.  Prints one line for each thing seen.

;;; Code:

(require 'package)
;; Where Debian keeps packages; Emacs 29 has eglot itself.
(add-to-list 'package-directory-list "/usr/share/emacs/site-lisp/elpa")
(package-initialize)
(require 'eglot)
(load (expand-file-name "aiterlint.el" (getenv "AITERLINT_FILES")))
(setf (alist-get '(python-mode python-ts-mode) eglot-server-programs nil nil #'equal)
      (list (getenv "AITERLINT") "server"))

(defun say (&rest words)
  "Print WORDS on a line."
  (princ (concat (mapconcat (lambda (word) (format "%s" word)) words " ") "\n")))

(defun wait-for (what is-so)
  "Wait until IS-SO gives something; WHAT is waited for."
  (let ((left 400))
    (while (not (funcall is-so))
      (when (= (setq left (1- left)) 0)
        (say "waited in vain for" what)
        (kill-emacs 1))
      (accept-process-output nil 0.05))))

(defun findings ()
  "The findings that flymake shows."
  (flymake-start)
  (flymake-diagnostics))

(find-file "a.py")
(python-mode)
(let ((eglot-sync-connect t))
  (apply #'eglot--connect (eglot--guess-contact)))
(wait-for "findings" (lambda () (= (length (findings)) 2)))
(dolist (found (findings))
  (say "finding" (line-number-at-pos (flymake-diagnostic-beg found)) (flymake-diagnostic-text found)))

;; The preferred fix of the first finding.
(goto-char (point-min))
(search-forward "__aiter__")
(let* ((actions (jsonrpc-request
                 (eglot--current-server-or-lose) :textDocument/codeAction
                 (list :textDocument (eglot--TextDocumentIdentifier)
                       :range (list :start (eglot--pos-to-lsp-position) :end (eglot--pos-to-lsp-position))
                       :context '(:diagnostics []))))
       (fix (seq-find (lambda (action) (eq (plist-get action :isPreferred) t)) actions)))
  (eglot--apply-workspace-edit (plist-get fix :edit)))
;; Edits are sent when Emacs is idle, which a batch never is.
(eglot--signal-textDocument/didChange)
(wait-for "one finding" (lambda () (= (length (findings)) 1)))
(let ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                              (list :textDocument (eglot--TextDocumentIdentifier)
                                    :position '(:line 10 :character 20)))))
  (say "hover" (plist-get (plist-get hover :contents) :value)))
(save-buffer)
(let ((server (eglot--current-server-or-lose)))
  (eglot-shutdown server)
  (wait-for "the end" (lambda () (not (jsonrpc-running-p server)))))
(say "done")

;;; emacs.el ends here
