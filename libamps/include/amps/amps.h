/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file amps.h
 * The C interface of libamps: messages, clients, parts a program can replace, TLS.
 */
#ifndef AMPS_AMPS_H
#define AMPS_AMPS_H

#include "amps_client.h"
#include "amps_message.h"
#include "amps_plugins.h"
#include "amps_ssl.h"
#include "amps_types.h"

#endif /* AMPS_AMPS_H */
